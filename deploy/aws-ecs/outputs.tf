output "service" {
  value = aws_ecs_service.this.name
}

output "log_group" {
  value = aws_cloudwatch_log_group.this.name
}

output "task_role_arn" {
  description = "What the checks ask AWS as; give it more only for check types that need it."
  value       = aws_iam_role.task.arn
}

output "slack_events_host" {
  description = "HTTP mode: point a name with your certificate here; the manifest's addresses are https://NAME/slack/events."
  value       = one([for balancer in aws_lb.this : balancer.dns_name])
}
