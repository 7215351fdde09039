"""What generated dossiers are made of. All names are made up or in general use; no finding is real."""

from __future__ import annotations

THERAPIES = ("Exaplivir", "Tamorelin", "Corvadine", "Neurastatin", "Lumefazole", "Oristatine", "Veldopram")
CONDITIONS = (
    "amyotrophic lateral sclerosis",
    "multiple sclerosis",
    "inclusion body myositis",
    "myasthenia gravis",
    "Parkinson disease",
    "long COVID",
    "fibromyalgia",
)
GROUPS = ("The Open Review Group", "A university clinic", "Reviewers for patients")
AUTHORS = ("Abara", "Brandt", "Chen", "Dubois", "Eriksen", "Fontana", "Gupta", "Haddad", "Ito", "Jansen", "Kovacs")
INITIALS = ("A", "BC", "D", "EF", "GH", "J", "KL", "M", "NP", "R", "ST")
JOURNALS = (
    "Journal of Neurology",
    "Annals of Medicine",
    "Clinical Trials",
    "Muscle and Nerve",
    "Experimental Neurology",
)
TITLES = (
    "A randomized, controlled trial of {therapy} in people with {condition}",
    "Safety and effect of {therapy} at two doses in {condition}: a multicentre study",
    "Twelve months of {therapy} in {condition}: experience of one clinic",
    "{therapy} and the course of {condition}: a second look at the evidence",
)
TARGETS = ("inflammation of glial cells", "release of glutamate", "oxidative stress", "misfolded protein", "autophagy")
MODELS = ("SOD1-G93A mouse", "EAE mouse", "MPTP mouse", "Transgenic rat", "Zebrafish larva")
ANIMAL_FINDINGS = ("lived twelve days longer", "kept more strength", "lost no less weight", "declined no slower")
OUTCOMES = ("Death or tracheostomy", "Relapse", "Loss of walking", "Admission to hospital")
HARMS = ("Nausea", "Headache", "Dizziness", "Fatigue", "Raised transaminases", "Insomnia", "Rash", "Constipation")
BIAS = {
    "low": "All five domains of the tool were judged to be at low risk.",
    "some_concerns": "A fifth of the participants left before the end, alike in both arms.",
    "high": "Those who assessed the outcome knew who had been given what.",
}
TRIAL_FINDINGS = {
    "benefit": "The event was rarer among those who took it.",
    "harm": "The event was more common among those who took it.",
    "no_benefit": "The groups did not differ by more than chance would explain.",
}
