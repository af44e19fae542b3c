import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";

import { checkoutPaths } from "../../../local/toolchain/paths";
import { type LocalState, prepareState, readState } from "../../../local/toolchain/state";
import { removeTemporaryFolders, temporaryFolder } from "./temporary";

const nobodyRuns = (): boolean => false;

function listen(port: number): Promise<net.Server> {
    const server = net.createServer();
    return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

describe("the kept state of a checkout", () => {
    afterEach(removeTemporaryFolders);

    it("keeps ports and credentials from one start to the next", async () => {
        const paths = checkoutPaths(temporaryFolder());
        const first = await prepareState(paths, nobodyRuns);
        const second = await prepareState(paths, nobodyRuns);
        assert.deepEqual(second.state, first.state);
        assert.deepEqual(second.moved, []);
        assert.equal(new Set(Object.values(first.state.ports)).size, 4);
    });

    it("lets only the owner read the credentials", async () => {
        const paths = checkoutPaths(temporaryFolder());
        await prepareState(paths, nobodyRuns);
        assert.equal(fs.statSync(paths.stateFile).mode & 0o777, 0o600);
    });

    it("replaces a port that another program took, says so, and keeps the rest", async () => {
        const paths = checkoutPaths(temporaryFolder());
        const { state } = await prepareState(paths, nobodyRuns);
        const server = await listen(state.ports.registry);
        const again = await prepareState(paths, nobodyRuns);
        server.close();
        assert.deepEqual(again.moved, ["registry"]);
        assert.notEqual(again.state.ports.registry, state.ports.registry);
        assert.deepEqual({ ...again.state.ports, registry: 0 }, { ...state.ports, registry: 0 });
        assert.equal(again.state.secretAccessKey, state.secretAccessKey);
    });

    it("keeps a port whose own process holds it", async () => {
        const paths = checkoutPaths(temporaryFolder());
        const { state } = await prepareState(paths, nobodyRuns);
        const server = await listen(state.ports.endpoint);
        const again = await prepareState(paths, (name) => name === "endpoint");
        server.close();
        assert.deepEqual(again.moved, []);
    });

    it("makes a damaged file anew", async () => {
        const paths = checkoutPaths(temporaryFolder());
        await prepareState(paths, nobodyRuns);
        fs.writeFileSync(paths.stateFile, '{"ports": {"endpoint": 1}');
        assert.equal(readState(paths), undefined);
        const { state }: { state: LocalState } = await prepareState(paths, nobodyRuns);
        assert.deepEqual(readState(paths), state);
    });

    it("gives two checkouts different ports and names", async () => {
        const [one, two] = [checkoutPaths(temporaryFolder()), checkoutPaths(temporaryFolder())];
        assert.notEqual(one.id, two.id);
        assert.notEqual(one.run, two.run);
        const [a, b] = [await prepareState(one, nobodyRuns), await prepareState(two, nobodyRuns)];
        const shared = Object.values(a.state.ports).filter((port) => Object.values(b.state.ports).includes(port));
        // Neighbouring places of search may meet; the ports are checked against what really listens at each start.
        assert.equal(shared.length < 4, true);
        assert.equal(fs.existsSync(path.join(one.local, "state.json")), true);
    });
});
