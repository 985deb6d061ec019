import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** Japanese fonts that phones and computers come with, by the names they are known under. */
const own = ['BIZ UDPGothic', 'BIZ UDPゴシック', 'Hiragino Sans', 'HiraginoSans-W3', 'Noto Sans CJK JP', 'Noto Sans JP', 'Meiryo'];

/**
 * Every browser that runs the map reads WOFF2: leave the older twin of each font file out of the binary. Where a style sheet is
 * imported with ?own, a device loads the bundled font only if it has no Japanese font of its own.
 */
function fonts(): Plugin {
  return {
    name: 'fonts',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('@fontsource') || !/\.css(\?own)?$/.test(id)) return null;
      const woff2 = code.replace(/,\s*url\([^)]*\.woff\)\s*format\('woff'\)/g, '');
      if (!id.endsWith('?own')) return woff2;
      const local = own.map((name) => `local('${name}')`).join(', ');
      return woff2.replace(/src:\s*url/g, `src: ${local}, url`).replace(/'BIZ UDPGothic';/g, "'Kayoi';");
    },
  };
}

/** The font sheets are set in, whole: the server sets type with it. */
function paper(): Plugin {
  const folder = 'node_modules/@expo-google-fonts/biz-udpgothic';
  const faces = { regular: '400Regular/BIZUDPGothic_400Regular.ttf', bold: '700Bold/BIZUDPGothic_700Bold.ttf' };
  return {
    name: 'paper',
    generateBundle() {
      for (const [name, file] of Object.entries(faces)) {
        this.emitFile({ type: 'asset', fileName: `fonts/sheet-${name}.ttf`, source: readFileSync(`${folder}/${file}`) });
      }
    },
  };
}

export default defineConfig({
  plugins: [fonts(), paper()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    // the residents' pages are made by the server, which reads here what their script is called
    manifest: 'manifest.json',
    rollupOptions: { input: ['index.html', 'desk.html', 'src/resident/main.ts'] },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/tiles': 'http://127.0.0.1:8080', '/style.json': 'http://127.0.0.1:8080' } },
});
