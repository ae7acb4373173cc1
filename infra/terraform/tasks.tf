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

resource "google_cloud_scheduler_job" "sync" {
  name             = "tendero-sync"
  region           = var.region
  schedule         = var.schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = "${local.shape.schedule.attempt_deadline_seconds}s"

  retry_config {
    retry_count          = local.shape.schedule.max_retry_attempts
    min_backoff_duration = "${local.shape.schedule.min_backoff_seconds}s"
    max_backoff_duration = "${local.shape.schedule.max_backoff_seconds}s"
    max_doublings        = local.shape.schedule.max_doublings
  }
  http_target {
    uri         = module.sync.uri
    http_method = "POST"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode("{}")
    oidc_token {
      service_account_email = google_service_account.tasks.email
      audience              = module.sync.uri
    }
  }
  depends_on = [google_project_service.needed]
}
