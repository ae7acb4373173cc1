variable "project" {
  description = "The Google Cloud project that everything is made in."
  type        = string
}

variable "region" {
  description = "Region of the functions, queues, schedule and database; Cloud Scheduler has to be in it."
  type        = string
  default     = "europe-west1"
}

variable "settings" {
  description = "Tendero's own settings for all functions, e.g. { WOOCOMMERCE_URL = \"https://shop.example\" }. No secrets."
  type        = map(string)
}

variable "secrets" {
  description = "Names of the secrets that the shop uses. They are made empty: their values never touch the state."
  type        = set(string)
  default     = ["WOOCOMMERCE_KEY", "WOOCOMMERCE_SECRET", "DIALOGFLOW_WEBHOOK_SECRET"]
}

variable "schedule" {
  description = "When the catalogue is synced, in crontab's words and UTC. SYNC_INTERVAL_MINUTES in `settings` should say the same."
  type        = string
  default     = "0 */4 * * *"
}

variable "sync_url" {
  description = "Address of the function sync, which no function can know of itself: empty at first, then the output of that name."
  type        = string
  default     = ""
}

variable "database_tier" {
  description = "Size of the Cloud SQL instance; empty takes the one in shape.json."
  type        = string
  default     = ""
}

variable "deletion_protection" {
  description = "Whether the database instance is kept when everything else is destroyed."
  type        = bool
  default     = true
}
