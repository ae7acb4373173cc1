output "webhook_url" {
  description = "For Dialogflow's fulfilment; with /woocommerce behind it, for the shop's webhooks; with /twilio, /chatwoot or /whatsapp-cloud, for these."
  value       = module.webhook.uri
}

output "sync_url" {
  description = "To be given back as the variable of that name, and applied once more."
  value       = module.sync.uri
}

output "cloud_sql_instance" {
  description = "CLOUD_SQL_INSTANCE, for `tendero migrate` and `tendero deploy --grants` from an operator's machine."
  value       = google_sql_database_instance.tendero.connection_name
}
