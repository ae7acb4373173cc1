# One function, from the upload folder that `make build` writes.
terraform {
  required_providers {
    google = {
      source = "hashicorp/google"
    }
    archive = {
      source = "hashicorp/archive"
    }
  }
}

variable "name" {
  description = "The function's own name, which is its entry point's as well."
  type        = string
}

variable "region" {
  type = string
}

variable "runtime" {
  description = "The Python that it runs on, e.g. python312."
  type        = string
}

variable "shape" {
  description = "Its part of shape.json."
  type        = any
}

variable "bucket" {
  description = "Where the packed upload folder is put."
  type        = string
}

variable "account" {
  description = "Email of the account that it runs as."
  type        = string
}

variable "database_user" {
  type = string
}

variable "build_account" {
  description = "Full name of the account that builds its image."
  type        = string
}

variable "secrets" {
  description = "The shop's secrets, of which it reads those that its shape names."
  type        = set(string)
}

variable "callers" {
  description = "Who may call it."
  type        = set(string)
}

variable "environment" {
  type = map(string)
}

data "archive_file" "source" {
  type        = "zip"
  source_dir  = "${path.module}/../../../build/${var.shape.source}"
  output_path = "${path.module}/../.terraform/${var.name}.zip"
}

# Only another name of the object deploys anew.
resource "google_storage_bucket_object" "source" {
  name   = "${var.name}-${data.archive_file.source.output_sha256}.zip"
  bucket = var.bucket
  source = data.archive_file.source.output_path
}

resource "google_cloudfunctions2_function" "this" {
  name     = "tendero-${var.name}"
  location = var.region

  build_config {
    runtime         = var.runtime
    entry_point     = var.name
    service_account = var.build_account
    source {
      storage_source {
        bucket = var.bucket
        object = google_storage_bucket_object.source.name
      }
    }
  }
  service_config {
    available_memory                 = var.shape.memory
    available_cpu                    = var.shape.cpu
    timeout_seconds                  = var.shape.timeout_seconds
    max_instance_count               = var.shape.max_instances
    max_instance_request_concurrency = var.shape.concurrency
    service_account_email            = var.account
    environment_variables = merge(var.environment, var.shape.environment, {
      DB_USER      = var.database_user
      SECRET_NAMES = join(",", setintersection(var.secrets, toset(var.shape.secrets)))
    })
  }
}

# The functions' own IAM does not open HTTP: the service underneath decides.
resource "google_cloud_run_service_iam_member" "callers" {
  for_each = var.callers
  location = var.region
  service  = google_cloudfunctions2_function.this.name
  role     = "roles/run.invoker"
  member   = each.value
}

output "uri" {
  value = google_cloudfunctions2_function.this.service_config[0].uri
}
