import panel from '../../ui/panel.module.css';

export function CascadePanel() {
  return (
    <section className={panel.panel} aria-label="Cascade">
      <h2 className={panel.title}>Cascade</h2>
    </section>
  );
}
