import { serve } from "../host/serve";
import { commandHandlers } from "./provider";
import { COMMAND_SCHEMA } from "./schema";

void serve({ name: "command", version: COMMAND_SCHEMA.version, handlers: commandHandlers() });
