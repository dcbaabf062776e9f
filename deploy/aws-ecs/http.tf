# HTTP mode only (var.http): a balancer that lets /slack/events through and nothing else.
locals {
  http = var.http == null ? {} : { this = var.http }
}

resource "aws_security_group" "balancer" {
  for_each    = local.http
  name        = "${var.name}-balancer"
  description = "Slack to Rounds"
  vpc_id      = var.vpc_id
  tags        = var.tags
}

# Slack publishes no addresses that it calls from; the bot tells its requests by their signature.
resource "aws_vpc_security_group_ingress_rule" "balancer" {
  for_each          = local.http
  security_group_id = aws_security_group.balancer[each.key].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  for_each                     = local.http
  security_group_id            = aws_security_group.balancer[each.key].id
  referenced_security_group_id = aws_security_group.task.id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_ingress_rule" "task" {
  for_each                     = local.http
  security_group_id            = aws_security_group.task.id
  description                  = "The balancer"
  referenced_security_group_id = aws_security_group.balancer[each.key].id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_lb" "this" {
  for_each                   = local.http
  name                       = var.name
  load_balancer_type         = "application"
  subnets                    = each.value.public_subnet_ids
  security_groups            = [aws_security_group.balancer[each.key].id]
  drop_invalid_header_fields = true
  tags                       = var.tags
}

resource "aws_lb_target_group" "this" {
  for_each    = local.http
  name        = var.name
  port        = local.port
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = var.vpc_id
  # Slack waits 3 s for an answer: nothing is on its way for longer.
  deregistration_delay = 10
  tags                 = var.tags

  health_check {
    path                = "/healthz"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}

resource "aws_lb_listener" "https" {
  for_each          = local.http
  load_balancer_arn = aws_lb.this[each.key].arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = each.value.certificate_arn
  tags              = var.tags

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "slack" {
  for_each     = local.http
  listener_arn = aws_lb_listener.https[each.key].arn
  priority     = 1
  tags         = var.tags

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.key].arn
  }
  condition {
    path_pattern {
      values = ["/slack/events"]
    }
  }
}
