import type { ReportExportConfig, ReportType } from "@aws-sdk/client-codebuild";
import type { ReportGroupArgs, ReportGroupState } from "@pulumi/aws/codebuild/reportGroup";
import { resourceType } from "../clients";
import { orAbsent } from "../errors";
import { lowerTagList, lowerTagMap } from "./tags";
import type { Inputs, State } from "./types";

type GroupInputs = Inputs<ReportGroupArgs, "name">;

/** The id is the ARN. */
export const reportGroup = resourceType<GroupInputs, State<ReportGroupState>>({
    token: "aws:codebuild/reportGroup:ReportGroup",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/codebuild_report_group",
    autoName: { property: "name", maximum: 128 },
    replaceOn: ["name", "type"],
    defaults: { deleteReports: false },
    local: ["deleteReports"],

    problems: ({ exportConfig: { type, s3Destination } }) =>
        type === "S3" && s3Destination === undefined
            ? [{ property: "exportConfig", reason: 'the export of type "S3" has no "s3Destination": give it one, or set the type to "NO_EXPORT"' }]
            : [],

    async create(inputs, { services }) {
        const { reportGroup: made } = await (await services.codebuild()).createReportGroup({
            name: inputs.name,
            type: inputs.type as ReportType,
            exportConfig: sentExport(inputs.exportConfig),
            tags: lowerTagList(inputs.tagsAll),
        });
        return made?.arn ?? "";
    },

    async read(id, { services }) {
        const { reportGroups } = await (await services.codebuild()).batchGetReportGroups({ reportGroupArns: [id] });
        const found = reportGroups?.[0];
        if (found === undefined || found.status === "DELETING") {
            return undefined;
        }
        return {
            arn: found.arn,
            created: found.created?.toISOString(),
            exportConfig: shownExport(found.exportConfig),
            name: found.name,
            tags: lowerTagMap(found.tags),
            type: found.type,
        };
    },

    async update(id, inputs, { services }) {
        await (await services.codebuild()).updateReportGroup({ arn: id, exportConfig: sentExport(inputs.exportConfig), tags: lowerTagList(inputs.tagsAll) });
    },

    async delete(id, state, { services, waitFor }) {
        const codebuild = await services.codebuild();
        await orAbsent(codebuild.deleteReportGroup({ arn: id, deleteReports: state["deleteReports"] === true }));
        // Its name is taken until the last report is gone.
        await waitFor(`deletion of report group "${id}"`, async () => {
            const { reportGroups } = await codebuild.batchGetReportGroups({ reportGroupArns: [id] });
            return (reportGroups ?? []).length === 0 ? true : undefined;
        });
    },
});

function sentExport({ type, s3Destination }: GroupInputs["exportConfig"]): ReportExportConfig {
    return {
        exportConfigType: type as ReportExportConfig["exportConfigType"],
        s3Destination:
            s3Destination === undefined ? undefined : { ...s3Destination, packaging: (s3Destination.packaging ?? "NONE") as "NONE" },
    };
}

function shownExport(found: ReportExportConfig | undefined): State<ReportGroupState>["exportConfig"] {
    const destination = found?.s3Destination;
    return {
        type: found?.exportConfigType ?? "NO_EXPORT",
        s3Destination:
            destination?.bucket === undefined
                ? undefined
                : {
                      bucket: destination.bucket,
                      encryptionDisabled: destination.encryptionDisabled,
                      encryptionKey: destination.encryptionKey ?? "",
                      packaging: destination.packaging,
                      path: destination.path,
                  },
    };
}
