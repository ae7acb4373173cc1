resource "google_cloud_tasks_queue" "tendero" {
  for_each = local.shape.queues
  name     = "tendero-${each.key}"
  location = var.region

  rate_limits {
    max_dispatches_per_second = each.value.max_dispatches_per_second
    max_concurrent_dispatches = each.value.max_concurrent_dispatches
  }
  # No limit in time, so that the attempts alone count.
  retry_config {
    max_attempts       = each.value.max_attempts
    max_retry_duration = "0s"
    min_backoff        = "${each.value.min_backoff_seconds}s"
    max_backoff        = "${each.value.max_backoff_seconds}s"
    max_doublings      = each.value.max_doublings
  }
  depends_on = [google_project_service.needed]
}

resource "google_cloud_tasks_queue_iam_member" "function" {
  for_each = local.queue_roles
  name     = google_cloud_tasks_queue.tendero[each.value.queue].name
  location = var.region
  role     = each.value.role
  member   = google_service_account.function[each.value.function].member
}

locals {
  address = { sync = module.sync.uri, reply = module.reply.uri }
}

resource "google_cloud_scheduler_job" "tendero" {
  for_each         = local.shape.schedules
  name             = "tendero-${each.key}"
  region           = var.region
  schedule         = each.value.minutes == 0 ? var.schedule : "*/${each.value.minutes} * * * *"
  time_zone        = "Etc/UTC"
  attempt_deadline = "${each.value.attempt_deadline_seconds}s"

  retry_config {
    retry_count          = each.value.max_retry_attempts
    min_backoff_duration = "${each.value.min_backoff_seconds}s"
    max_backoff_duration = "${each.value.max_backoff_seconds}s"
    max_doublings        = each.value.max_doublings
  }
  http_target {
    uri         = local.address[each.key]
    http_method = "POST"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode(each.value.body))
    oidc_token {
      service_account_email = google_service_account.tasks.email
      audience              = local.address[each.key]
    }
  }
  depends_on = [google_project_service.needed]
}
