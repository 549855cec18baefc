/** What is shown beside and around the gauges, in one chunk that is fetched once they are on the screen. */
export { AlarmVoice } from './alarms/alarm-voice.tsx';
export { BufferPanel } from './margin/buffer-panel.tsx';
export { FigureHelp } from './margin/figure-help.tsx';
export { LadderPanel } from './margin/ladder.tsx';
export { Machine } from './margin/machine/machine.tsx';
export { NoAccount } from './margin/no-account.tsx';
export { PositionsPanel } from './margin/positions/positions-panel.tsx';
export { WatchStar } from './margin/watch-star.tsx';
export { WhatIfPanel } from './margin/what-if/what-if-panel.tsx';
export { Announcer } from './shell/announcer.tsx';
export { DropZone } from './shell/drop-zone.tsx';
export { MarketAges } from './shell/market-ages.tsx';
export { Notices } from './shell/notices.tsx';
export { PageLife } from './shell/page-life.tsx';
export { SourceBar } from './shell/source-bar.tsx';
