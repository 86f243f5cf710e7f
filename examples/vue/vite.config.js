import { defineConfig } from 'vite';
import vue from '@vitejs/plugin-vue';

export default defineConfig({
  base: './',
  plugins: [vue()],
  // Vite bundles dependencies beforehand while an app is written, which loses the package's files.
  optimizeDeps: { exclude: ['auralis'] },
});
