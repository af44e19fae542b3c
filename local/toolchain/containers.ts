import { askEngine } from "./dockerApi";

/** MiniStack labels each container with `ministack.instance=HOST:PORT`; we choose HOST so that it names the checkout. */
export function instanceHost(checkoutId: string): string {
    return `container-lambdas-${checkoutId}`;
}

/**
 * Removes every container that this checkout's emulator made on the engine, running or not.
 * @returns how many there were
 */
export async function removeContainersOf(dockerHost: string, checkoutId: string): Promise<number> {
    const found = await askEngine(dockerHost, "GET", `/containers/json?all=1&filters=${encodeURIComponent('{"label":["ministack.instance"]}')}`);
    const prefix = `${instanceHost(checkoutId)}:`;
    const ours = (Array.isArray(found) ? found : []).filter(isContainer).filter((container) => container.Labels["ministack.instance"]?.startsWith(prefix));
    await Promise.all(ours.map((container) => askEngine(dockerHost, "DELETE", `/containers/${container.Id}?force=1&v=1`)));
    return ours.length;
}

interface Container {
    readonly Id: string;
    readonly Labels: Readonly<Record<string, string | undefined>>;
}

function isContainer(value: unknown): value is Container {
    return typeof value === "object" && value !== null && "Id" in value && typeof value.Id === "string" && "Labels" in value && typeof value.Labels === "object" && value.Labels !== null;
}
