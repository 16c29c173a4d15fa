type Props = { values: (number | null)[]; color?: string; width?: number; height?: number };

/** `<Sparkline values={[…]} color="var(--vg-fraud)" />`: 48 × 28, area at 12 %, last point marked. Decorative. */
export function Sparkline({ values, color = 'var(--vg-allowed)', width = 48, height = 28 }: Props) {
  const numbers = values.map((value) => value ?? 0);
  if (numbers.length < 2) return null;
  const low = Math.min(0, ...numbers);
  const span = Math.max(...numbers) - low || 1;
  const x = (i: number) => 1 + (i / (numbers.length - 1)) * (width - 4);
  const y = (value: number) => height - 2 - ((value - low) / span) * (height - 5);
  const points = numbers.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`);
  const end = numbers.at(-1) ?? 0;
  return (
    <svg width={width} height={height} aria-hidden="true">
      <polygon
        points={`1,${height} ${points.join(' ')} ${x(numbers.length - 1).toFixed(1)},${height}`}
        fill={color}
        opacity={0.12}
      />
      <polyline
        points={points.join(' ')}
        fill="none"
        stroke={color}
        strokeWidth={1.5}
        strokeLinejoin="round"
      />
      <circle cx={x(numbers.length - 1)} cy={y(end)} r={2} fill={color} />
    </svg>
  );
}
