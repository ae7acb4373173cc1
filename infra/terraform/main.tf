# The same shape that `tendero deploy` uses: functions, queues, rates, roles. What is named here is not repeated there.
locals {
  shape     = jsondecode(file("${path.module}/../deploy/shape.json"))
  functions = local.shape.functions
  enqueuing = toset([for name, each in local.functions : name if length(each.addresses) > 0])
  reading = {
    for pair in flatten([
      for name, each in local.functions : [for secret in each.secrets : { function = name, secret = secret }]
    ]) : "${pair.function} ${pair.secret}" => pair if contains(var.secrets, pair.secret)
  }
  queue_roles = {
    for pair in flatten([
      for name, each in local.functions : [
        for queue, role in each.queue_roles : { function = name, queue = queue, role = role }
      ]
    ]) : "${pair.function} ${pair.queue}" => pair
  }
}

resource "google_project_service" "needed" {
  for_each           = toset(local.shape.apis)
  service            = each.value
  disable_on_destroy = false
}

resource "google_service_account" "function" {
  for_each     = local.functions
  account_id   = "tendero-${each.key}"
  display_name = "Tendero's function ${each.key}"
  depends_on   = [google_project_service.needed]
}

# Tasks and schedule carry its identity; it may call the private functions, and nothing else.
resource "google_service_account" "tasks" {
  account_id   = "tendero-tasks"
  display_name = "Tendero's tasks and schedule"
  depends_on   = [google_project_service.needed]
}

resource "google_service_account" "build" {
  account_id   = "tendero-build"
  display_name = "Builds the images of Tendero's functions"
  depends_on   = [google_project_service.needed]
}

resource "google_project_iam_member" "build" {
  for_each = toset(local.shape.build_roles)
  project  = var.project
  role     = each.value
  member   = google_service_account.build.member
}

resource "google_service_account_iam_member" "acting" {
  for_each           = local.enqueuing
  service_account_id = google_service_account.tasks.name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.function[each.key].member
}

# Values are added beside Terraform: printf %s "$VALUE" | gcloud secrets versions add NAME --data-file=-
resource "google_secret_manager_secret" "needed" {
  for_each  = var.secrets
  secret_id = each.value
  replication {
    auto {}
  }
  depends_on = [google_project_service.needed]
}

resource "google_secret_manager_secret_iam_member" "reading" {
  for_each  = local.reading
  secret_id = google_secret_manager_secret.needed[each.value.secret].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function[each.value.function].member
}
