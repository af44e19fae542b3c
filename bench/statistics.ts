/** The middle of the values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
    if (values.length === 0) {
        throw new Error("There is no median of no values; measure at least once.");
    }
    const sorted = [...values].sort((a, b) => a - b);
    const middle = Math.floor(sorted.length / 2);
    return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** How many times the base a value is. */
export function ratio(value: number, base: number): number {
    if (!(base > 0) || !Number.isFinite(value)) {
        throw new Error(`${value} cannot be compared with ${base}; allowed is a base above 0. Measure something that takes time.`);
    }
    return value / base;
}

/** Two significant digits, which is more than a busy machine can promise: `0.042×`, `1.3×`, `18×`, `120×`. */
export function formatRatio(value: number): string {
    const digits = Math.max(0, 1 - Math.floor(Math.log10(Math.max(value, Number.MIN_VALUE))));
    const rounded = Number(value.toPrecision(2));
    return `${rounded.toFixed(Math.min(digits, 4)).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "")}×`;
}
