import '@fontsource/biz-udpgothic/400.css';
import '../base.css';
import './desk.css';
import { render } from 'preact';
import { Desk } from './Desk';

const root = document.getElementById('app');
if (root) render(<Desk />, root);
