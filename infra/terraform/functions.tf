resource "google_storage_bucket" "sources" {
  name                        = "${var.project}-tendero-sources"
  location                    = var.region
  uniform_bucket_level_access = true
}

locals {
  # What the deployment itself says wins over `settings`.
  common = merge(var.settings, {
    GCP_PROJECT_ID        = var.project
    TASKS_LOCATION        = var.region
    CLOUD_SQL_INSTANCE    = google_sql_database_instance.tendero.connection_name
    DB_NAME               = google_sql_database.tendero.name
    EMBED_QUEUE           = google_cloud_tasks_queue.tendero["embed"].name
    SYNC_QUEUE            = google_cloud_tasks_queue.tendero["sync"].name
    REPLY_QUEUE           = google_cloud_tasks_queue.tendero["reply"].name
    TASKS_SERVICE_ACCOUNT = google_service_account.tasks.email
  })
}

module "embed" {
  source        = "./function"
  name          = "embed"
  region        = var.region
  runtime       = local.shape.runtime
  shape         = local.functions.embed
  bucket        = google_storage_bucket.sources.name
  account       = google_service_account.function["embed"].email
  database_user = google_sql_user.function["embed"].name
  build_account = google_service_account.build.id
  secrets       = var.secrets
  callers       = [google_service_account.tasks.member]
  environment   = local.common
  depends_on    = [google_project_iam_member.build]
}

module "sync" {
  source        = "./function"
  name          = "sync"
  region        = var.region
  runtime       = local.shape.runtime
  shape         = local.functions.sync
  bucket        = google_storage_bucket.sources.name
  account       = google_service_account.function["sync"].email
  database_user = google_sql_user.function["sync"].name
  build_account = google_service_account.build.id
  secrets       = var.secrets
  callers       = [google_service_account.tasks.member]
  environment   = merge(local.common, { EMBED_URL = module.embed.uri, SYNC_URL = var.sync_url })
  depends_on    = [google_project_iam_member.build]
}

module "reply" {
  source        = "./function"
  name          = "reply"
  region        = var.region
  runtime       = local.shape.runtime
  shape         = local.functions.reply
  bucket        = google_storage_bucket.sources.name
  account       = google_service_account.function["reply"].email
  database_user = google_sql_user.function["reply"].name
  build_account = google_service_account.build.id
  secrets       = var.secrets
  callers       = [google_service_account.tasks.member]
  environment   = local.common
  depends_on    = [google_project_iam_member.build]
}

module "webhook" {
  source        = "./function"
  name          = "webhook"
  region        = var.region
  runtime       = local.shape.runtime
  shape         = local.functions.webhook
  bucket        = google_storage_bucket.sources.name
  account       = google_service_account.function["webhook"].email
  database_user = google_sql_user.function["webhook"].name
  build_account = google_service_account.build.id
  secrets       = var.secrets
  callers       = ["allUsers"]
  environment   = merge(local.common, { SYNC_URL = module.sync.uri, REPLY_URL = module.reply.uri })
  depends_on    = [google_project_iam_member.build]
}
