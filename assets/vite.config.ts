import { defineConfig } from 'vitest/config'

// Relative imports (base './'), so the built files work under any mount path.
// Flat and hashed: embed.go serves them by their exact name, for ever.
export default defineConfig({
  base: './',
  publicDir: false,
  build: {
    outDir: 'dist',
    assetsDir: '',
    emptyOutDir: true,
    target: 'es2022',
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      input: 'src/index.tsx',
      output: {
        entryFileNames: 'deskhook-[hash].js',
        chunkFileNames: '[name]-[hash].js',
        assetFileNames: '[name]-[hash][extname]',
      },
    },
  },
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
  },
})
