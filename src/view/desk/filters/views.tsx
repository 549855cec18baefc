/** Views: a filter, an order and a ladder under a name. Some are given, others saved on this device. */
import { Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { selectDeskViews } from '../../../store/selectors.ts';
import { type DeskView, NO_FILTER } from '../../../store/types.ts';
import { useActions, useApp } from '../../shared/app-context.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import fields from '../../ui/fields.module.css';
import styles from './rail.module.css';

const view = (parts: Partial<DeskView>): DeskView => ({ source: null, filter: NO_FILTER, sort: [], ladder: null, ...parts });

const GIVEN: readonly { readonly name: string; readonly view: DeskView }[] = [
  { name: 'All', view: view({ sort: [{ column: 'bufferShare', falling: false }] }) },
  {
    name: 'Past the line',
    view: view({ filter: { ...NO_FILTER, states: ['liquidation', 'bankrupt'] }, sort: [{ column: 'marginExcess', falling: false }] }),
  },
  {
    name: 'Next called',
    view: view({ filter: { ...NO_FILTER, states: ['margin-call', 'warning'] }, sort: [{ column: 'marginRatio', falling: true }] }),
  },
  { name: 'Whales', view: view({ sort: [{ column: 'grossNotional', falling: true }] }) },
  {
    name: 'Not trusted',
    view: view({ filter: { ...NO_FILTER, states: ['indeterminate', 'stale'] }, sort: [{ column: 'age', falling: true }] }),
  },
];

export function Views() {
  const actions = useActions();
  const saved = useApp(selectDeskViews);
  const [name, setName] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    actions.desk.saveView(name);
    setName('');
  };
  return (
    <section className={styles.group} aria-label="Views">
      <h2 className={styles.name}>Views</h2>
      <ul className={styles.views}>
        {GIVEN.map((each) => (
          <li key={each.name}>
            <Button look="quiet" onClick={() => actions.desk.showView(each.view)}>
              {each.name}
            </Button>
          </li>
        ))}
        {saved.map((each) => (
          <li key={`saved ${each.name}`}>
            <Button look="quiet" onClick={() => actions.desk.showView(each.view)}>
              <span className={styles.word}>{each.name}</span>
            </Button>
            <IconButton label={`Forget ${each.name}`} onClick={() => actions.desk.removeView(each.name)}>
              <Trash2 size={13} aria-hidden="true" />
            </IconButton>
          </li>
        ))}
      </ul>
      <form className={styles.bounds} onSubmit={submit}>
        <input
          className={fields.input}
          aria-label="Name of this view"
          placeholder="Name of this view"
          maxLength={60}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" disabled={name.trim() === ''}>
          Save
        </Button>
      </form>
    </section>
  );
}
