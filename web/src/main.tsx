import '@fontsource/biz-udpgothic/400.css';
import './style.css';
import { render } from 'preact';
import { App } from './components/App';

const root = document.getElementById('app');
if (root) render(<App />, root);
