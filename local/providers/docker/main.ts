import { serve } from "../host/serve";
import { dockerHandlers } from "./provider";
import { DOCKER_SCHEMA } from "./schema";

void serve({ name: "docker", version: DOCKER_SCHEMA.version, handlers: dockerHandlers() });
