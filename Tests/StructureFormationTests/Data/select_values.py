"""Takes what the tests use from the files of pyHalo, colossus and hmf; usage: select_values.py FOLDER OUT.json."""
import json, sys
folder, out = sys.argv[1:]
load = lambda name: json.load(open(f"{folder}/{name}.json"))
abundance, warm, truncation, sidm, uldm = [load(x) for x in ("mass_function", "wdm", "truncation", "sidm", "uldm")]
hmf = {row["z"]: row for row in abundance["hmf_package_SMT_EH_BAO"]}
names = {"BOSE2016": "bose", "LAROCHE2022": "laroche"}
json.dump({
    "concentrations": [{"redshift": r["z"], "logMass": r["log10_m200c"], "diemer19": r["diemer19"], "ludlow16": r["ludlow16"]}
                       for r in load("concentration")["by_redshift"]],
    "abundances": [{"redshift": r["z"], "logMass": r["log10_m"], "shethTormen": r["sheth99_dn_dM_comoving_Mpc-3_Msun-1"], "sigma": r["sigma_M"],
                    "ofHmf": hmf[r["z"]]["SMT_dn_dlnM_comoving_Mpc-3"], "sigmaOfHmf": hmf[r["z"]]["sigma_M"]} for r in abundance["by_redshift"]],
    "twoHalo": [{"logMass": r["log10_m_host"], "radius": r["r200_Mpc"], "boostWithExcess": r["boost_with_Lazar_2021"], "boost": r["boost_without"]}
                for r in load("planes")["two_halo"]],
    "warmLogMass": warm["log10_m"],
    "massFunctionSuppression": {k: v["values"] for k, v in warm["mass_function_suppression"].items() if "STUCKER" not in k},
    "concentrationSuppression": {v: {m: {z: r["suppression"] for z, r in rows.items()} for m, rows in warm["concentration"][k].items()} for k, v in names.items()},
    "relicMass": warm["half_mode_to_thermal_keV_pyHalo"], "halfModeMass": warm["thermal_to_half_mode_pyHalo_Msun"],
    "freeStreamingLength": warm["half_mode_to_free_streaming_length_pyHalo_Mpc"],
    "collapseTimes": [{"scaleDensity": r["rho_s_Msun_kpc3"], "scaleRadius": r["rs_kpc"], "crossSection": r["sigma_eff_cm2_g"], "time": r["t_c_Gyr"]}
                      for r in sidm["collapse_time"]],
    "evolutionTimes": [{"redshift": r["z"], "infall": r["z_infall"], "acceleration": r["lambda_t"], "time": r["effective_age_Gyr"]} for r in sidm["effective_age"]],
    "evolution": [{"time": r["t_over_tc"], "scale": r["rs_over_rs0"], "core": r["rc_over_rs0"]} for r in sidm["evolution"]],
    "cores": [{"logParticleMass": r["log10_m_eV"], "logMass": r["log10_m_halo"], "redshift": r["z"], "radius": r["core_radius_kpc"],
               "density": r["the_same_made_physical_times_(1+z)^3"]} for r in uldm["cores"]],
    "fuzzyScales": [{"logParticleMass": r["log10_m_eV"], "suppressionMass": r["m0_mass_function"], "wavelength": r["de_broglie_kpc_at_200_km_s"],
                     "logSmallestMass": r["log10_minimum_mass"]} for r in uldm["scales"]],
    "radii": [{"mass": r["m"], "redshift": r["z"], "r50": r["r50_kpc"], "r200": r["r200_kpc"]} for r in truncation["r_N (field halos)"]],
    "roche": [{"mass": r["m"], "distance": r["r3d_kpc"], "radius": r["r_t_kpc"]} for r in truncation["roche"]],
    "stripped": [{"concentration": r["c_infall"], "boundFraction": r["m_bound_over_m_infall"], "radius": r["r_t_over_rs"], "density": r["f_t"]}
                 for r in truncation["bound_mass"]],
    "infall": [{"logMassRatio": r["log10_m_sub_over_m_host"], "mean": r["hybrid_mean"], "deviation": r["hybrid_std"]} for r in load("infall")["z_infall_minus_z_lens"]],
}, open(out, "w"), indent=1)
