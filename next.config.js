import createNextIntlPlugin from 'next-intl/plugin';

const everyResponse = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), payment=()' },
];

/** @type {import('next').NextConfig} */
const config = {
  // A second server from the same checkout (tests beside `npm run dev`) builds into a folder of its own.
  distDir: process.env.VIGIL_NEXT_DIR || '.next',
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  typescript: { ignoreBuildErrors: process.env.VIGIL_SKIP_TYPES === '1' },
  serverExternalPackages: ['postgres', '@node-rs/argon2', 'pino'],
  experimental: {
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
