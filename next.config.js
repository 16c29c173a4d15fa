import { writeFileSync } from 'node:fs';
import createNextIntlPlugin from 'next-intl/plugin';

// A second server from the same checkout (tests beside `npm run dev`) builds into a folder of its own. Next writes
// that folder's name into the tsconfig it is given, so such a server gets one of its own too.
const distDir = process.env.VIGIL_NEXT_DIR || '.next';
const tsconfigPath = distDir === '.next' ? 'tsconfig.json' : `${distDir}.tsconfig.json`;
if (distDir !== '.next') {
  const types = [`${distDir}/types/**/*.ts`, `${distDir}/dev/types/**/*.ts`];
  const include = ['next-env.d.ts', '**/*.ts', '**/*.tsx', ...types];
  writeFileSync(
    tsconfigPath,
    JSON.stringify({ extends: './tsconfig.json', include, exclude: ['node_modules', '.vigil'] }),
  );
}

const everyResponse = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  // Browsers take it from https alone, so it does no harm to http on localhost.
  { key: 'Strict-Transport-Security', value: 'max-age=31536000; includeSubDomains' },
  { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), payment=()' },
];

/** @type {import('next').NextConfig} */
const config = {
  distDir,
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  typescript: { ignoreBuildErrors: process.env.VIGIL_SKIP_TYPES === '1', tsconfigPath },
  serverExternalPackages: ['postgres', '@node-rs/argon2', 'pino', 'prom-client'],
  experimental: {
    authInterrupts: true, // forbidden(): a page that the role may not see answers 403
    optimizePackageImports: ['@mantine/core', '@mantine/hooks', '@tabler/icons-react'],
  },
  async headers() {
    return [
      { source: '/:path*', headers: everyResponse },
      // Pages get their policy with a nonce from proxy.ts; answers of /api are never documents.
      {
        source: '/api/:path*',
        headers: [{ key: 'Content-Security-Policy', value: "default-src 'none'; frame-ancestors 'none'" }],
      },
    ];
  },
};

export default createNextIntlPlugin('./i18n/request.ts')(config);
