import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export type Answer = { readonly status?: number; readonly body: object };

/** Answers by action (`ListPipelineExecutions`) or path; keeps what was asked. */
export class FakeEndpoint {
    readonly asked: { readonly name: string; readonly input: Record<string, unknown> }[] = [];
    answers: Record<string, (input: Record<string, unknown>) => Answer> = {};
    private server?: Server;

    async listen(): Promise<string> {
        const server = createServer((request, response) => {
            let text = "";
            request.on("data", (data) => (text += data));
            request.on("end", () => {
                const name = String(request.headers["x-amz-target"] ?? request.url).split(".").at(-1) ?? "";
                const input: Record<string, unknown> = JSON.parse(text);
                this.asked.push({ name, input });
                const { status = 200, body } = this.answers[name]?.(input) ?? { status: 400, body: { __type: "ValidationException", message: name } };
                response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
            });
        });
        this.server = server;
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }

    async close(): Promise<void> {
        this.server?.closeAllConnections();
        await new Promise((resolve) => this.server?.close(resolve));
    }
}
