import panel from '../../ui/panel.module.css';

export function WarningPanel() {
  return (
    <section className={panel.panel} aria-label="Early warning">
      <h2 className={panel.title}>Early warning</h2>
    </section>
  );
}
