import { desktopOrWebConnection } from './api/choose-connection.ts';
import { startWindow } from './start.tsx';

startWindow(desktopOrWebConnection(window));
