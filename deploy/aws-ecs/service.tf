data "aws_region" "current" {}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${var.name}"
  retention_in_days = var.log_retention_days
  tags              = var.tags
}

locals {
  port = 3000
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  tags                     = var.tags

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  container_definitions = jsonencode([
    {
      name         = "rounds"
      image        = var.image
      essential    = true
      portMappings = [{ containerPort = local.port, protocol = "tcp" }]
      environment = [
        for name, value in merge({ PORT = tostring(local.port), NODE_EXTRA_CA_CERTS = "/app/rds.pem" }, var.environment) :
        { name = name, value = value }
      ]
      secrets = [for name, arn in var.secrets : { name = name, valueFrom = arn }]
      # Rounds needs at most 9 s.
      stopTimeout = 30
      # Scripts of checks may leave children behind.
      linuxParameters = { initProcessEnabled = true }
      # Of the process alone: /readyz also fails while Slack or the database is away, which no restart mends.
      healthCheck = {
        command = [
          "CMD", "node", "-e",
          "fetch('http://127.0.0.1:${local.port}/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
        ]
        interval = 30
        timeout  = 5
        retries  = 3
        # The database is tried for 30 s before Rounds gives up.
        startPeriod = 60
      }
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.this.name
          awslogs-region        = data.aws_region.current.name
          awslogs-stream-prefix = "rounds"
        }
      }
    }
  ])

  lifecycle {
    precondition {
      condition     = (var.http != null) == contains(keys(var.secrets), "SLACK_SIGNING_SECRET")
      error_message = "HTTP mode takes var.http and SLACK_SIGNING_SECRET together; Socket Mode neither."
    }
  }
}

resource "aws_ecs_service" "this" {
  name            = var.name
  cluster         = var.cluster_arn
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.desired_count
  launch_type     = "FARGATE"
  propagate_tags  = "SERVICE"
  tags            = var.tags

  # New tasks first, then the old ones go: both versions work on one database meanwhile, as replicas do.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [aws_security_group.task.id]
    assign_public_ip = false
  }

  health_check_grace_period_seconds = var.http == null ? null : 60
  dynamic "load_balancer" {
    for_each = aws_lb_target_group.this
    content {
      target_group_arn = load_balancer.value.arn
      container_name   = "rounds"
      container_port   = local.port
    }
  }

  depends_on = [aws_iam_role_policy.execution, aws_lb_listener_rule.slack]
}
