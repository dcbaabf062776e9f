data "aws_iam_policy_document" "tasks_assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

# The execution role: what ECS needs to start a task. The bot never has it.
resource "aws_iam_role" "execution" {
  name               = "${var.name}-execution"
  assume_role_policy = data.aws_iam_policy_document.tasks_assume.json
  tags               = var.tags
}

locals {
  # An ARN may carry :json-key:version: behind the secret's name.
  secret_arns    = distinct([for arn in values(var.secrets) : join(":", slice(split(":", arn), 0, 7)) if strcontains(arn, ":secretsmanager:")])
  parameter_arns = distinct([for arn in values(var.secrets) : arn if strcontains(arn, ":ssm:")])
}

data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }
  dynamic "statement" {
    for_each = length(local.secret_arns) > 0 ? [1] : []
    content {
      sid       = "Secrets"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = local.secret_arns
    }
  }
  dynamic "statement" {
    for_each = length(local.parameter_arns) > 0 ? [1] : []
    content {
      sid       = "Parameters"
      actions   = ["ssm:GetParameters"]
      resources = local.parameter_arns
    }
  }
  dynamic "statement" {
    for_each = length(var.kms_key_arns) > 0 ? [1] : []
    content {
      sid       = "Keys"
      actions   = ["kms:Decrypt"]
      resources = var.kms_key_arns
    }
  }
  dynamic "statement" {
    for_each = var.image_repository_arn == null ? [] : [1]
    content {
      sid       = "Image"
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = [var.image_repository_arn]
    }
  }
  dynamic "statement" {
    for_each = var.image_repository_arn == null ? [] : [1]
    content {
      sid       = "ImageLogin"
      actions   = ["ecr:GetAuthorizationToken"]
      resources = ["*"]
    }
  }
}

resource "aws_iam_role_policy" "execution" {
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

# The task role: what the checks may read, and nothing else (docs/security.md#iam).
resource "aws_iam_role" "task" {
  name               = "${var.name}-task"
  assume_role_policy = data.aws_iam_policy_document.tasks_assume.json
  tags               = var.tags
}

locals {
  checks_ask_aws = length(var.checked_cluster_arns) > 0 || var.checks_read_cloudwatch || var.checks_read_data || var.checks_read_account || var.checks_read_security || length(var.checked_log_group_arns) > 0 || var.checks_read_estate || length(var.checked_bucket_arns) > 0
}

data "aws_iam_policy_document" "task" {
  count = local.checks_ask_aws ? 1 : 0
  dynamic "statement" {
    for_each = length(var.checked_cluster_arns) > 0 ? [1] : []
    content {
      sid = "EcsOfTheseClusters"
      actions = [
        "ecs:ListServices", "ecs:DescribeServices", "ecs:ListTasks", "ecs:DescribeTasks",
        "ecs:ListContainerInstances", "ecs:DescribeContainerInstances",
      ]
      resources = ["*"]
      condition {
        test     = "ArnEquals"
        variable = "ecs:cluster"
        values   = var.checked_cluster_arns
      }
    }
  }
  dynamic "statement" {
    for_each = length(var.checked_cluster_arns) > 0 ? [1] : []
    content {
      sid       = "Revisions"
      actions   = ["ecs:ListTaskDefinitions"]
      resources = ["*"]
    }
  }
  dynamic "statement" {
    for_each = var.checks_read_data ? [1] : []
    content {
      sid = "DataAndCapacity"
      actions = [
        "rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribePendingMaintenanceActions",
        "rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots", "rds:DescribeDBParameters",
        "elasticache:DescribeReplicationGroups", "elasticache:DescribeCacheClusters", "elasticache:DescribeUpdateActions",
        "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth", "ecs:DescribeClusters", "ecs:DescribeCapacityProviders",
        "application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingPolicies",
        "application-autoscaling:DescribeScalingActivities",
      ]
      resources = ["*"]
    }
  }
  dynamic "statement" {
    for_each = var.checks_read_cloudwatch ? [1] : []
    content {
      sid       = "Metrics"
      actions   = ["cloudwatch:GetMetricData", "cloudwatch:DescribeAlarms", "cloudwatch:DescribeAlarmHistory"]
      resources = ["*"]
    }
  }
  dynamic "statement" {
    for_each = var.checks_read_account ? [1] : []
    content {
      sid = "Account"
      actions = [
        "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:LookupEvents",
        "health:DescribeEvents", "wafv2:ListWebACLs", "wafv2:GetWebACL", "cloudfront:GetDistribution",
      ]
      resources = ["*"]
    }
  }
  dynamic "statement" {
    for_each = var.checks_read_security ? [1] : []
    content {
      sid = "Security"
      actions = [
        "securityhub:GetFindings", "securityhub:GetEnabledStandards",
        "guardduty:ListDetectors", "guardduty:GetDetector", "guardduty:GetFindingsStatistics",
        "guardduty:ListFindings", "guardduty:GetFindings", "inspector2:BatchGetAccountStatus", "inspector2:ListFindings",
        "iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:ListRoles", "iam:ListPolicies",
        "ec2:DescribeSecurityGroups", "ec2:GetManagedPrefixListEntries", "ec2:DescribeInstances", "ec2:DescribeAddresses",
      ]
      resources = ["*"]
    }
  }
  dynamic "statement" {
    for_each = var.checks_read_security || var.checks_read_estate ? [1] : []
    content {
      sid       = "Volumes"
      actions   = ["ec2:DescribeVolumes"]
      resources = ["*"]
    }
  }
  dynamic "statement" {
    for_each = var.checks_read_estate ? [1] : []
    content {
      sid = "Estate"
      actions = [
        "backup:ListProtectedResources", "backup:ListBackupJobs", "backup:ListCopyJobs", "backup:ListBackupVaults",
        "backup:ListBackupPlans", "backup:GetBackupPlan", "acm:ListCertificates", "acm:DescribeCertificate",
        "ce:GetCostAndUsage", "ce:GetCostForecast", "ec2:GetEbsEncryptionByDefault",
        "s3:ListAllMyBuckets", "s3:GetEncryptionConfiguration",
      ]
      resources = ["*"]
    }
  }
  dynamic "statement" {
    for_each = length(var.checked_bucket_arns) > 0 ? [1] : []
    content {
      sid       = "TheseBuckets"
      actions   = ["s3:ListBucket", "s3:GetBucketVersioning"]
      resources = var.checked_bucket_arns
    }
  }
  dynamic "statement" {
    for_each = length(var.checked_log_group_arns) > 0 ? [1] : []
    content {
      sid       = "LogsOfTheseGroups"
      actions   = ["logs:FilterLogEvents"]
      resources = var.checked_log_group_arns
    }
  }
}

resource "aws_iam_role_policy" "task" {
  count  = local.checks_ask_aws ? 1 : 0
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.task[0].json
}
