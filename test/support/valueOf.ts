export * from "../../delivery/rendering/valueOf";
