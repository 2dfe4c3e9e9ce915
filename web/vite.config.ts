import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { shell } from './scripts/shell.mjs';

// `npm run dev` serves the pages alone; the server named here answers the rest.
const server = process.env['YIWANG_SERVER'] ?? 'http://127.0.0.1:8080';
const behind = Object.fromEntries(
  ['/api', '/cap', '/sta', '/tiles', '/trail'].map((root) => [
    root,
    { target: server, changeOrigin: false },
  ]),
);

export default defineConfig({
  plugins: [svelte(), shell()],
  build: {
    sourcemap: false,
    reportCompressedSize: false,
    manifest: true,
    chunkSizeWarningLimit: 1200,
  },
  // Tests run without a browser, but test what runs in one.
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  server: { host: '127.0.0.1', proxy: behind },
  test: {
    include: ['src/**/*.test.ts'],
    setupFiles: 'src/test/setup.ts',
    environment: 'node',
  },
} as import('vitest/config').ViteUserConfig);
