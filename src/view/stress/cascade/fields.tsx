/** The fields of a cascade: the shock, how deep the books are, how it is closed, and who pays. */
import type { Fault } from '../../../store/types.ts';
import { TextField } from '../../dialogs/text-field.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import type { Subject } from '../use-subject.ts';
import styles from './cascade.module.css';
import { type CascadeForm, linesOf } from './form.ts';

interface FieldsProps {
  readonly form: CascadeForm;
  readonly subject: Subject;
  readonly faults: readonly Fault[];
  readonly onForm: (form: CascadeForm) => void;
}

const faultAt = (faults: readonly Fault[], pointer: string): Fault | undefined => faults.find((fault) => fault.pointer === pointer);

export function CascadeFields({ form, subject, faults, onForm }: FieldsProps) {
  return (
    <div className={styles.form}>
      <MarketFields form={form} subject={subject} faults={faults} onForm={onForm} />
      <RuleFields form={form} subject={subject} faults={faults} onForm={onForm} />
    </div>
  );
}

/** Moves and depths, a line a market. */
function MarketFields({ form, subject, faults, onForm }: FieldsProps) {
  const lines = linesOf(form, subject.markets);
  const others = subject.markets.filter((market) => !lines.includes(market)).slice(0, 200);
  const isTyped = form.shock === 'typed';
  return (
    <fieldset className={styles.fieldset}>
      <legend className={styles.legend}>Shock, and how deep the books are</legend>
      <div className={styles.pressed}>
        <Button aria-pressed={isTyped} onClick={() => onForm({ ...form, shock: 'typed' })}>
          Typed here
        </Button>
        <Button aria-pressed={!isTyped} onClick={() => onForm({ ...form, shock: 'scenario' })}>
          The what-if’s scenario
        </Button>
      </div>
      <table className={styles.lines}>
        <thead>
          <tr>
            <th scope="col">Market</th>
            <th scope="col">Move, %</th>
            <th scope="col">Depth to 1 %, USD</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Every market</th>
            <td>
              <Cell
                name="Move of every market, per cent"
                value={form.all}
                fault={faultAt(faults, '/all')}
                isOff={!isTyped}
                onText={(all) => onForm({ ...form, all })}
              />
            </td>
            <td>
              <Cell
                name="Depth of every other market, US dollars"
                value={form.otherwise}
                hint="infinite"
                fault={faultAt(faults, '/depth')}
                onText={(otherwise) => onForm({ ...form, otherwise })}
              />
            </td>
          </tr>
          {lines.map((market) => (
            <tr key={market}>
              <th scope="row">{market}</th>
              <td>
                <Cell
                  name={`Own move of ${market}, per cent`}
                  value={form.moves[market] ?? ''}
                  hint="no more"
                  fault={faultAt(faults, `/moves/${market}`)}
                  isOff={!isTyped}
                  onText={(text) => onForm({ ...form, moves: { ...form.moves, [market]: text } })}
                />
              </td>
              <td>
                <Cell
                  name={`Depth of ${market}, US dollars`}
                  value={form.depths[market] ?? ''}
                  hint="as others"
                  fault={faultAt(faults, `/depth/${market}`)}
                  onText={(text) => onForm({ ...form, depths: { ...form.depths, [market]: text } })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className={styles.pair}>
        {others.length > 0 && (
          <Choice
            label="Another market"
            value=""
            choices={[['', 'choose…'], ...others.map((market) => [market, market] as const)]}
            onValue={(market) =>
              market !== '' && onForm({ ...form, depths: { ...form.depths, [market]: form.otherwise === '' ? '1m' : form.otherwise } })
            }
          />
        )}
        <TextField
          label="Share of the depth that is left"
          inputMode="decimal"
          value={form.multiplier}
          fault={faultAt(faults, '/depth/multiplier')}
          onText={(multiplier) => onForm({ ...form, multiplier })}
        />
      </div>
      <p className={styles.note}>
        <strong>Depth is an assumption, not a measurement.</strong> It is what the book takes until the price has moved by one per cent, all
        venues together. 20m for BTC and 8m for ETH: one large venue in calm early October 2025 (CoinDesk); everything else here is assumed.
        In the worst minutes of 10 October 2025 a share of 0.02 to 0.10 was left (Amberdata, FTI; second hand). An empty field at “every
        market” is an infinitely deep book: then nobody moves a price.
      </p>
    </fieldset>
  );
}

interface CellProps {
  readonly name: string;
  readonly value: string;
  readonly hint?: string;
  readonly fault: Fault | undefined;
  readonly isOff?: boolean;
  readonly onText: (text: string) => void;
}

function Cell({ name, value, hint, fault, isOff = false, onText }: CellProps) {
  return (
    <input
      className={styles.cell}
      aria-label={name}
      aria-invalid={fault !== undefined}
      title={fault?.message ?? ''}
      value={value}
      placeholder={hint ?? ''}
      disabled={isOff}
      inputMode="text"
      autoComplete="off"
      onChange={({ target }) => onText(target.value)}
    />
  );
}

const DELEVERAGING: readonly (readonly [CascadeForm['deleveraging'], string])[] = [
  ['pro-rata', 'Winners, pro rata by profit'],
  ['queue', 'Winners, by queue: return × leverage'],
  ['risk-aware', 'Winners, by profit × leverage'],
  ['venue', 'Winners, as the venue ranks them'],
  ['none', 'Nobody: it stays uncovered'],
];

/** How pools are closed, and who pays. */
function RuleFields({ form, subject, faults, onForm }: FieldsProps) {
  const { venues } = subject;
  return (
    <fieldset className={styles.fieldset}>
      <legend className={styles.legend}>How pools are closed, and who pays</legend>
      <div className={styles.pair}>
        <Choice
          label="Procedure"
          value={form.procedure}
          choices={[
            ['full', 'Whole pools at once'],
            ['venue', 'Each venue’s own, step by step'],
          ]}
          onValue={(procedure) => onForm({ ...form, procedure: procedure as CascadeForm['procedure'] })}
        />
        {form.procedure === 'full' && (
          <Choice
            label="What is left of a pool"
            value={form.leftovers}
            choices={[
              ['keep', 'stays with the account'],
              ['forfeit', 'goes to the fund'],
            ]}
            onValue={(leftovers) => onForm({ ...form, leftovers: leftovers as CascadeForm['leftovers'] })}
          />
        )}
        <Choice
          label="What the fund cannot pay"
          value={form.deleveraging}
          choices={DELEVERAGING}
          onValue={(deleveraging) => onForm({ ...form, deleveraging: deleveraging as CascadeForm['deleveraging'] })}
        />
        <Choice
          label="Insurance fund"
          value={form.fundKind}
          choices={[
            ['one', 'one for everybody'],
            ['venues', 'one for each venue'],
          ]}
          onValue={(fundKind) => onForm({ ...form, fundKind: fundKind as CascadeForm['fundKind'] })}
        />
        {form.fundKind === 'one' ? (
          <TextField
            label={`Fund, ${subject.unit}`}
            value={form.fund}
            fault={faultAt(faults, '/funds')}
            onText={(fund) => onForm({ ...form, fund })}
          />
        ) : (
          venues.map(({ id, name }) => (
            <TextField
              key={id}
              label={`Fund of ${name}, ${subject.unit}`}
              value={form.fundOf[id] ?? '0'}
              fault={faultAt(faults, `/funds/${id}`)}
              onText={(text) => onForm({ ...form, fundOf: { ...form.fundOf, [id]: text } })}
            />
          ))
        )}
      </div>
      <p className={styles.note}>
        {subject.scope === 'account'
          ? 'Only this account trades here: its own liquidation moves prices, nobody else’s.'
          : 'The accounts on the desk are taken for the whole market; others’ orders, and books that refill, are not modelled.'}
      </p>
    </fieldset>
  );
}
