"""What other programs read: each format turns the references of a dossier into text, and names what it cannot carry."""
