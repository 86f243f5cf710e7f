import { defineConfig } from 'vite';
import { svelte } from '@sveltejs/vite-plugin-svelte';

export default defineConfig({
  base: './',
  plugins: [svelte()],
  // Vite bundles dependencies beforehand while an app is written, which loses the package's files.
  optimizeDeps: { exclude: ['auralis'] },
});
