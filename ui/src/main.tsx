import { render } from 'preact';
import './styles/page.css';
import { Frame } from './parts/frame';
import { listenToKeys } from './keyboard';
import { start } from './state/sync';

start();
listenToKeys();
const place = document.getElementById('page');
if (place) render(<Frame />, place);
