interface Props {
  label: string;
  value: string;
  options: [string, string][];
  change: (value: string) => void;
  /** What stands for no choice. */
  none?: string;
  disabled?: boolean;
}

/** One of a few. */
export function Choice({ label, value, options, change, none, disabled = false }: Props) {
  return (
    <label>
      {label}
      <select value={value} disabled={disabled} onChange={(e) => change(e.currentTarget.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {options.map(([code, ja]) => (
          <option key={code} value={code}>
            {ja}
          </option>
        ))}
      </select>
    </label>
  );
}
