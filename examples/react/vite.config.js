import { defineConfig } from 'vite';
import react from '@vitejs/plugin-react';

export default defineConfig({
  base: './',
  plugins: [react()],
  // Vite bundles dependencies beforehand while an app is written, which loses the package's files.
  optimizeDeps: { exclude: ['auralis'] },
});
