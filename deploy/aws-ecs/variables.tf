variable "name" {
  description = "Names everything that is made here."
  type        = string
  default     = "rounds"
}

variable "image" {
  description = "The image with your ops.yml in it, by digest or by a tag that never moves: 123456789012.dkr.ecr.us-east-1.amazonaws.com/rounds@sha256:…"
  type        = string
}

variable "image_repository_arn" {
  description = "ARN of the ECR repository the image lies in; null = it needs no AWS rights to be pulled."
  type        = string
  default     = null
}

variable "cluster_arn" {
  description = "ECS cluster that Rounds runs in."
  type        = string
}

variable "vpc_id" {
  type = string
}

variable "subnet_ids" {
  description = "Private subnets with a way out (NAT), in two zones at least."
  type        = list(string)
  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "Two subnets in two zones: a zone may fail."
  }
}

variable "secrets" {
  description = "Environment variables from Secrets Manager or SSM, by name: the ARN, also with :json-key:: behind it. Each {secret: NAME} of ops.yml belongs here too."
  type        = map(string)
  validation {
    condition     = alltrue([for name in ["DATABASE_URL", "SLACK_BOT_TOKEN"] : contains(keys(var.secrets), name)])
    error_message = "DATABASE_URL and SLACK_BOT_TOKEN are needed."
  }
  validation {
    condition     = contains(keys(var.secrets), "SLACK_APP_TOKEN") != contains(keys(var.secrets), "SLACK_SIGNING_SECRET")
    error_message = "Either SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP, with var.http)."
  }
}

variable "kms_key_arns" {
  description = "Keys of your own that the secrets are encrypted with; none for AWS's own."
  type        = list(string)
  default     = []
}

variable "environment" {
  description = "Plain environment variables: LOG_LEVEL, AWS_REGION of the checks, PAGERDUTY_FROM."
  type        = map(string)
  default     = {}
}

variable "database_security_group_id" {
  description = "Security group of the PostgreSQL server; a rule is added that lets Rounds in on database_port."
  type        = string
}

variable "database_port" {
  type    = number
  default = 5432
}

variable "check_egress" {
  description = "What checks ask beyond port 443: {redis = {port = 6379, cidr = \"10.0.0.0/16\"}}."
  type        = map(object({ port = number, cidr = string }))
  default     = {}
}

variable "checked_cluster_arns" {
  description = "ECS clusters that ecs-services and ecs-capacity checks look at."
  type        = list(string)
  default     = []
}

variable "checks_read_cloudwatch" {
  description = "Whether there are cloudwatch-metric, cloudwatch-alarms, waf, cloudfront, rds, elasticache, load-balancer or s3-objects checks."
  type        = bool
  default     = false
}

variable "checks_read_data" {
  description = "Whether there are rds, elasticache, load-balancer, ecs-capacity or encryption checks."
  type        = bool
  default     = false
}

variable "checks_read_account" {
  description = "Whether there are cloudtrail, aws-health, waf or cloudfront checks."
  type        = bool
  default     = false
}

variable "checks_read_security" {
  description = "Whether there are security-findings, access-posture or unused-resources checks; the last needs checks_read_data too."
  type        = bool
  default     = false
}

variable "checks_read_estate" {
  description = "Whether there are backup, s3-objects, acm, cost or encryption checks; the last needs checks_read_data too."
  type        = bool
  default     = false
}

variable "checked_bucket_arns" {
  description = "Buckets that s3-objects checks list: arn:aws:s3:::NAME."
  type        = list(string)
  default     = []
}

variable "checked_log_group_arns" {
  description = "Log groups that cloudwatch-logs checks count in: arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*."
  type        = list(string)
  default     = []
}

variable "http" {
  description = "HTTP mode, behind a load balancer of its own; null = Socket Mode, nothing is open."
  type = object({
    public_subnet_ids = list(string)
    certificate_arn   = string
  })
  default = null
}

variable "desired_count" {
  type    = number
  default = 2
}

variable "cpu" {
  description = "CPU units of a task: half a core draws a chart in 3 s; more for script checks."
  type        = number
  default     = 512
}

variable "memory" {
  description = "MiB of a task: the bot takes 150, a chart being drawn 220; more for script checks."
  type        = number
  default     = 1024
}

variable "architecture" {
  description = "What the image was built for: X86_64 or ARM64."
  type        = string
  default     = "X86_64"
}

variable "log_retention_days" {
  description = "Signed heads of the audit stand in this log: keep it as long as the audit must be provable."
  type        = number
  default     = 2192
}

variable "tags" {
  type    = map(string)
  default = {}
}
