import panel from '../../ui/panel.module.css';

export function MatrixPanel() {
  return (
    <section className={panel.panel} aria-label="Shock matrix">
      <h2 className={panel.title}>Shock matrix</h2>
    </section>
  );
}
