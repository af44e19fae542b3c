/**
 * Services that functions get no rights of: identity and organisation are changed by the program and the bootstrap only,
 * which is what the permissions boundary of the function roles says as well.
 */
export const FORBIDDEN_SERVICES: readonly string[] = ["account", "iam", "organizations", "sso", "sso-directory", "identitystore"];

/** Service prefixes of IAM actions (Service Authorization Reference), so that a misspelt one is found before a role is made. */
export const IAM_SERVICES: ReadonlySet<string> = new Set(
    (
        "access-analyzer acm acm-pca airflow amplify aoss apigateway app-integrations appconfig appfabric appflow application-autoscaling application-signals " +
        "applicationinsights appmesh apprunner appstream appsync aps arc-zonal-shift artifact athena auditmanager autoscaling autoscaling-plans aws-marketplace b2bi backup batch " +
        "bcm-data-exports bedrock bedrock-agentcore billing braket budgets cassandra ce chatbot chime cleanrooms cloud9 cloudformation cloudfront " +
        "cloudfront-keyvaluestore cloudhsm cloudsearch cloudtrail cloudtrail-data cloudwatch codeartifact codebuild codecatalyst codecommit codeconnections " +
        "codedeploy codeguru-profiler codeguru-reviewer codeguru-security codepipeline codestar-connections codestar-notifications cognito-identity " +
        "cognito-idp cognito-sync comprehend comprehendmedical compute-optimizer config connect cost-optimization-hub cur databrew dataexchange " +
        "datapipeline datasync datazone dax deadline detective devicefarm devops-guru directconnect discovery dlm dms docdb-elastic drs ds ds-data dsql " +
        "dynamodb ebs ec2 ec2-instance-connect ec2messages ecr ecr-public ecs eks eks-auth elasticache elasticbeanstalk elasticfilesystem elasticloadbalancing " +
        "elasticmapreduce elemental-inference emr-containers emr-serverless entityresolution es events evs execute-api finspace firehose fis fms forecast frauddetector " +
        "freetier fsx gamelift geo geo-maps geo-places geo-routes glacier globalaccelerator glue grafana greengrass groundstation guardduty health " +
        "healthlake imagebuilder inspector inspector-scan inspector2 internetmonitor invoicing iot iotdeviceadvisor iotevents iotfleetwise " +
        "iotsitewise iotwireless ivs ivschat kafka kafka-cluster kafkaconnect kendra kinesis kinesisanalytics kinesisvideo kms lakeformation lambda " +
        "lex license-manager lightsail logs machinelearning macie2 managedblockchain mediaconnect mediaconvert medialive mediapackage mediapackage-vod " +
        "mediapackagev2 mediastore mediatailor medical-imaging memorydb mgh mgn mobiletargeting mq neptune-db neptune-graph network-firewall networkmanager " +
        "notifications oam observabilityadmin omics osis outposts partnercentral payment-cryptography pca-connector-ad pcs personalize pi pipes polly pricing profile proton " +
        "qapps qbusiness quicksight ram rbin rds rds-data rds-db redshift redshift-data redshift-serverless rekognition resiliencehub resource-explorer-2 " +
        "resource-groups rolesanywhere route53 route53-recovery-cluster route53domains route53profiles route53resolver rum s3 s3-object-lambda s3-outposts s3express " +
        "s3tables s3vectors sagemaker savingsplans scheduler schemas scn secretsmanager securityhub securitylake serverlessrepo servicecatalog " +
        "servicediscovery servicequotas ses shield signer sms-voice snowball sns social-messaging sqs ssm ssm-contacts ssm-guiconnect ssm-incidents ssmmessages " +
        "states storagegateway sts support swf synthetics tag tax textract timestream timestream-influxdb tnb transcribe transfer translate trustedadvisor " +
        "verifiedpermissions voiceid vpc-lattice vpc-lattice-svcs waf waf-regional wafv2 wellarchitected wisdom workdocs workmail workspaces workspaces-web xray " +
        "account iam identitystore organizations sso sso-directory"
    ).split(" "),
);
