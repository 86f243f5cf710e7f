import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  // Vite bundles dependencies beforehand while an app is written, which loses the package's files.
  optimizeDeps: { exclude: ['auralis'] },
});
