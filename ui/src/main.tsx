import { render } from 'preact';
import './styles/page.css';
import { Frame } from './parts/frame';
import { listenToKeys } from './keyboard';
import { startDemo } from './state/demo';
import { start } from './state/sync';

start();
void startDemo();
listenToKeys();
const place = document.getElementById('page');
if (place) render(<Frame />, place);
