import panel from '../../ui/panel.module.css';

export function WhatIfPanel() {
  return (
    <section className={panel.panel} aria-label="What-if">
      <h2 className={panel.title}>What-if</h2>
    </section>
  );
}
