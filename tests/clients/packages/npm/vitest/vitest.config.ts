import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { globalSetup: 'belvo-emulator/vitest' } });
