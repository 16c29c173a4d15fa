'use client';

import messages from '@/messages/en.json';

/** The last resort, when even the root layout failed: plain words without styles, so that no policy is in its way. */
export default function GlobalError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <html lang="en">
      <body>
        <h1>{messages.errors.pageTitle}</h1>
        <p>{messages.errors.pageHint}</p>
        {error.digest && <p>{error.digest}</p>}
        <button type="button" onClick={reset}>
          {messages.common.retry}
        </button>
      </body>
    </html>
  );
}
