import { createHash } from "node:crypto";

/** A record as the samples are: every value is text, and members may be missing. */
export type MeteoriteRecord = Readonly<Record<string, string | { readonly latitude: string; readonly longitude: string }>>;

const places = ["Alder Moor", "Skjærvøy Østre", "高峰隕石", "Río Ñandú", 'Saint-Aubin "Old Bell"', "Cedar Hollow, north", "Zělená Hora", "Ice Field +2", "Тунгуска", "Łódź; lot 7", "ఉల్క", "Crater 🌠"] as const;
const classes = ["L6", "H5", "CV3", "Eucrite-mmict", "Iron, IAB complex", "L~5", "LL5/6", "Ureilite"] as const;
/** Members that a record may lack, and which share of the records lacks each. */
const mayLack = ["mass", "year", "place", "recclass", "nametype"] as const;
const lacking = 0.15;

/** Number `index` of the records that a seed stands for. Only `id` tells the records of two runs apart. */
export function generateRecord(seed: number, run: string, index: number): MeteoriteRecord {
    const draw = drawsOf(`${seed}/${index}`);
    const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(draw() * values.length)];
    const latitude = (draw() * 180 - 90).toFixed(5);
    const longitude = (draw() * 540 - 180).toFixed(5);
    const whole: Record<string, MeteoriteRecord> = {
        recclass: { recclass: pick(classes) },
        nametype: { nametype: pick(["Valid", "Relict"]) },
        mass: { mass: (draw() * 10 ** Math.floor(draw() * 7)).toFixed(Math.floor(draw() * 4)) },
        year: { year: `${String(860 + Math.floor(draw() * 1160)).padStart(4, "0")}-01-01T00:00:00.000` },
        place: { reclat: latitude, reclong: longitude, geolocation: { latitude, longitude } },
    };
    const lacks = mayLack.filter(() => draw() < lacking);
    const parts = Object.entries(whole).flatMap(([name, members]) => (lacks.some((lack) => lack === name) ? [] : [members]));
    return Object.assign({ name: `${pick(places)} ${index}`, id: recordId(run, index), fall: pick(["Fell", "Found"]) }, ...parts);
}

export function recordId(run: string, index: number): string {
    return `${run}-${String(index).padStart(5, "0")}`;
}

/** File name of a record, with a place's characters in it now and then. */
export function recordName(seed: number, index: number): string {
    const number = String(index).padStart(5, "0");
    return drawsOf(`${seed}/${index}/name`)() < 0.1 ? `${number} ström +${index}.json` : `${number}.json`;
}

/** Which records' events are delivered twice: a share of them, spread evenly, and from the seed on. */
export function isDuplicated(seed: number, index: number, percent: number): boolean {
    const at = (number: number): number => Math.floor(((number + (seed % 100)) * percent) / 100);
    return at(index + 1) > at(index);
}

/** Numbers from 0 to below 1 that a text stands for. */
function drawsOf(text: string): () => number {
    let block = Buffer.alloc(0);
    let counter = 0;
    let offset = 0;
    return () => {
        if (offset >= block.length) {
            block = createHash("sha256").update(`${text}/${counter}`).digest();
            counter += 1;
            offset = 0;
        }
        const number = block.readUInt32BE(offset) / 2 ** 32;
        offset += 4;
        return number;
    };
}
