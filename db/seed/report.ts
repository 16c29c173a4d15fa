/**
 * Which payments of late may have been charged twice? Written the way such reports are: each payment is held against each
 * other, and no index can help, because the columns stand inside expressions. About a second, whatever the demo has grown to.
 */
export const doubledCharges = `
with finance_doubled_charges as (
  select a.merchant_id, a.transaction_id, b.transaction_id as charged_again, a.amount, a.currency, a.transaction_timestamp
  from (select * from transactions_readonly order by transaction_timestamp desc limit 1000) a
  join (select * from transactions_readonly order by transaction_timestamp desc limit 4000) b
    on abs(extract(epoch from b.transaction_timestamp - a.transaction_timestamp)) < 600
    and abs(a.amount_base - b.amount_base) < 0.01
  where a.transaction_id < b.transaction_id
)
select * from finance_doubled_charges order by transaction_timestamp desc`;
