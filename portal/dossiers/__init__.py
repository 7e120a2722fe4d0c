"""A volunteer's dossier: data, service, training, awards and evaluations on one page."""
