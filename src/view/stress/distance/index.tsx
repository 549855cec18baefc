import panel from '../../ui/panel.module.css';

export function DistancePanel() {
  return (
    <section className={panel.panel} aria-label="Distance">
      <h2 className={panel.title}>Distance</h2>
    </section>
  );
}
