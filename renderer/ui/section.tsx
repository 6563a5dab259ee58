import { Fragment, type ReactNode } from 'react';

export function Section({ title, extra, children }: { title: string; extra?: ReactNode; children: ReactNode }) {
  return (
    <section className="section">
      <h3 className="section-title">
        {title}
        {extra ? <span className="section-extra">{extra}</span> : null}
      </h3>
      {children}
    </section>
  );
}

/** Names and values in two aligned columns; entries without a value are left out. */
export function KeyValues({ entries }: { entries: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="key-values">
      {entries.map(([name, value]) =>
        value === undefined || value === null || value === '' ? null : (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ),
      )}
    </dl>
  );
}
