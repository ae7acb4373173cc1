# The extension, the tables and the rights in them are no business of Terraform's: docs/deploy.md, steps 3 and 5.
resource "google_sql_database_instance" "tendero" {
  name                = "tendero"
  region              = var.region
  database_version    = local.shape.database.version
  deletion_protection = var.deletion_protection

  settings {
    tier    = var.database_tier != "" ? var.database_tier : local.shape.database.tier
    edition = "ENTERPRISE"

    dynamic "database_flags" {
      for_each = local.shape.database.flags
      content {
        name  = database_flags.key
        value = database_flags.value
      }
    }
    ip_configuration {
      ipv4_enabled = true
      ssl_mode     = "ENCRYPTED_ONLY"
    }
    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
    }
  }
  depends_on = [google_project_service.needed]
}

resource "google_sql_database" "tendero" {
  name     = "tendero"
  instance = google_sql_database_instance.tendero.name
}

# Logins of the functions' own accounts, without passwords.
resource "google_sql_user" "function" {
  for_each = google_service_account.function
  name     = trimsuffix(each.value.email, ".gserviceaccount.com")
  instance = google_sql_database_instance.tendero.name
  type     = "CLOUD_IAM_SERVICE_ACCOUNT"
}

resource "google_project_iam_member" "database" {
  for_each = {
    for pair in setproduct(keys(local.functions), ["roles/cloudsql.client", "roles/cloudsql.instanceUser"]) :
    join(" ", pair) => { function = pair[0], role = pair[1] }
  }
  project = var.project
  role    = each.value.role
  member  = google_service_account.function[each.value.function].member
}
