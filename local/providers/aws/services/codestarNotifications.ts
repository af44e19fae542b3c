/** Notification rules: the part of the API that is used here. https://docs.aws.amazon.com/codestar-notifications/latest/APIReference/ */
import { SignedJson, type SignedOptions, type Transport } from "./signedJson";

type Tags = Readonly<Record<string, string>>;

export interface Target {
    readonly TargetType?: string;
    readonly TargetAddress?: string;
}

export interface RuleSettings {
    readonly Name: string;
    readonly EventTypeIds: readonly string[];
    readonly DetailType: string;
    readonly Status?: string;
    readonly Targets: readonly Target[];
}

export interface NotificationRule {
    readonly Arn?: string;
    readonly Name?: string;
    readonly EventTypes?: readonly { readonly EventTypeId?: string }[];
    readonly Resource?: string;
    readonly Targets?: readonly (Target & { readonly TargetStatus?: string })[];
    readonly DetailType?: string;
    readonly Status?: string;
    readonly Tags?: Tags;
}

export class CodestarNotifications {
    private readonly client: SignedJson;

    constructor(options: SignedOptions, transport?: Transport) {
        this.client = new SignedJson("codestar-notifications", options, transport);
    }

    createNotificationRule(input: RuleSettings & { readonly Resource: string; readonly Tags?: Tags }): Promise<{ readonly Arn?: string }> {
        return this.call("/createNotificationRule", input);
    }

    describeNotificationRule(input: { readonly Arn: string }): Promise<NotificationRule> {
        return this.call("/describeNotificationRule", input);
    }

    updateNotificationRule(input: RuleSettings & { readonly Arn: string }): Promise<unknown> {
        return this.call("/updateNotificationRule", input);
    }

    deleteNotificationRule(input: { readonly Arn: string }): Promise<unknown> {
        return this.call("/deleteNotificationRule", input);
    }

    deleteTarget(input: { readonly TargetAddress: string; readonly ForceUnsubscribeAll?: boolean }): Promise<unknown> {
        return this.call("/deleteTarget", input);
    }

    tagResource(input: { readonly Arn: string; readonly Tags: Tags }): Promise<unknown> {
        return this.call("/tagResource", input);
    }

    /** The one operation whose input is not the body. */
    untagResource({ Arn, TagKeys }: { readonly Arn: string; readonly TagKeys: readonly string[] }): Promise<unknown> {
        return this.call(`/untagResource/${encodeURIComponent(Arn)}`, undefined, { tagKeys: [...TagKeys] });
    }

    private call<Output>(path: string, input: object | undefined, query: Readonly<Record<string, string[]>> = {}): Promise<Output> {
        const body = input === undefined ? "" : JSON.stringify(input);
        return this.client.send<Output>({ path, query, headers: { "content-type": "application/json" }, body });
    }
}
